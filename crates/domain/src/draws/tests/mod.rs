mod wishes;
