if header :is "subject"


