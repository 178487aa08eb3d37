require ["envelope", "envelope-dsn"];

# Check whether SUCCESS notifications were requested,
# irrespective of any other requests that were made
if envelope "notify" "SUCCESS" {
    discard;
}
