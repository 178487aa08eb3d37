require "processcalendar";

processcalendar :updatesonly :calendarid "work";
processcalendar :organizers "friends";
processcalendar :outcome "x";
processcalendar :reason "x";
