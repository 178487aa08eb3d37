require ["processcalendar", "reject"];

reject "No.";
processcalendar;
