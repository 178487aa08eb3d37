require "include";
include :once "self-once";
discard;
