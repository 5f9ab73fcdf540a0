"""The registry of geographical indications: from the approved user to the label in a shopper's hand."""
