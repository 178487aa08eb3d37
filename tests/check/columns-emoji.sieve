require "vacation"; vacation "🏖️ bye" 5;
