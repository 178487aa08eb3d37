require "processcalendar";

processcalendar :updatesonly;
processcalendar;
