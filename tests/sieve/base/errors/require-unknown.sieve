require ["fileinto", "nonsense"];
discard;
nonsense;
