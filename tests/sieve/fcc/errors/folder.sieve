require ["vacation", "fcc", "variables"];
set "f" "../up";
vacation :fcc "${f}" "I am away.";
