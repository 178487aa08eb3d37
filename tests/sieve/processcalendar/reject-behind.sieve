require ["processcalendar", "reject"];

processcalendar :updatesonly;
reject "No.";
