//! Inert values that every stage shares: packages, files, layers, evidence, the graph.
