"""What lies in RETENCION_HOME: one module a document, with its reader and its writer."""
