import Wire

/// Placeholder removed with the first core.
enum Nothing {}
