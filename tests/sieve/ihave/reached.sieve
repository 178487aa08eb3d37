require "ihave";
discard;
nonsense;
