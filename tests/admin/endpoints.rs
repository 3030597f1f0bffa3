//! Every operation of the reserved prefix: good and bad content, other methods, unknown names, each kind of session.
