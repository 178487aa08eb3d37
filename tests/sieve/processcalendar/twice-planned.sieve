require "processcalendar";

processcalendar :addresses "bob@example.net";
processcalendar :updatesonly;
