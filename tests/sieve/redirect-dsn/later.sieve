require ["redirect-dsn", "variables"]; set "n" "now"; redirect :notify "${n}" "a@example.org";
