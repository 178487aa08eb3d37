keep;
nonsense;
