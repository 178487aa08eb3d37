if not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not true { discard; }
