"""Reports and plots of training, scores and errors."""
