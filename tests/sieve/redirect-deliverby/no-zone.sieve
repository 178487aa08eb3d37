require "redirect-deliverby"; redirect :bytimeabsolute "2030-01-01T00:00:00" "a@example.org";
