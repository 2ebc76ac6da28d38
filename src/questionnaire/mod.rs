//! Reading what people really send, as a stream of questions.
