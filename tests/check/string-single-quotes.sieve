redirect 'a@example.org';
kepe;
