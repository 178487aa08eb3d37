require "redirect-dsn"; redirect :notify "DELAY,,SUCCESS" "a@example.org";
