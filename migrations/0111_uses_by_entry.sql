-- What a gift took of held money is looked up by its entry: on its page, when it is corrected, and by `charity verify`.
CREATE INDEX unidentified_use_seq ON unidentified_use (seq);
