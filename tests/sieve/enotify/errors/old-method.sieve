require "notify";
notify :method "pigeon" :options "me@example.net";
