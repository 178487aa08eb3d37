require "extlists"; if header :list "from" "tag:example.com,2026:nobody" { keep; }
