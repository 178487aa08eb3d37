require "mime";

keep;
