require "redirect-deliverby"; redirect :bytimerelative 5 :bymode "drop" "a@example.org";
