"""What has happened or comes near becomes notices and deliveries."""
