if anyof (true, ) { stop; }
