require "extlists"; redirect :list ":addrbook:work";
