-- Documents and vouchers by the hash that is printed on them: whoever copies it at /check is led to the document.
-- charity/documents, charity/aid
-- all
CREATE INDEX document_data_hash ON document (data_hash);
CREATE INDEX document_file_hash ON document (file_hash);
CREATE INDEX voucher_content_hash ON voucher (content_hash);
