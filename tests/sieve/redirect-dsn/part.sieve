require "redirect-dsn"; redirect :ret "PART" "a@example.org";
