"""The application form (заявление) as a paper, in Kazakh and Russian."""
