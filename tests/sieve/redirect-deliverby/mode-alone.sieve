require "redirect-deliverby"; redirect :bymode "notify" "a@example.org";
