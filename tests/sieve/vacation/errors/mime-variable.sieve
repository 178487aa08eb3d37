require ["vacation", "variables"];
set "d" "zurück";
vacation :mime "Content-Description: ${d}

hello";
