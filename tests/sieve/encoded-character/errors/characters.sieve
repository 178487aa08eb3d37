require "encoded-character";
if exists "${unicode:D800}" { }
if exists "${unicode:dfff}" { }
if exists "${unicode:110000}" { }
if exists "${unicode:FFFFFFFFFFFFFFFFFFFF}" { }
if exists "${hex:ff}" { }
