"""What all public pages share: token links, languages, limits and friendly refusals."""
