# RFC 9671, 5
require [ "processcalendar", "variables", "editheader" ];

processcalendar :addresses [ "me@example.com", "alsome@example.com" ]
                :calendarid "1ea6d86b-6c7f-48a2-bed3-2a4c40ec281a";

if allof (address ["from", "sender"] "airline@example.com",
          header :contains "subject" "itinerary") {
	processcalendar :allowpublic;
}

set "processcal_outcome" "no_action";
set "processcal_reason" "";

processcalendar :outcome "processcal_outcome"
                :reason "processcal_reason";

if not string :is "${processcal_outcome}" ["added", "updated"] {
	addheader "X-ProcessCal-Outcome" "${processcal_outcome}";
	addheader "X-ProcessCal-Reason" "${processcal_reason}";
}
