require "redirect-deliverby"; redirect :bytimerelative 1000000000 "a@example.org";
