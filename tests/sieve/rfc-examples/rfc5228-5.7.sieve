if not header :matches "Cc" "?*" { discard; }
