"""The certificate of a gift 捐赠证书 (D3), as PDF and as a picture. Outsiders import only this."""

from .documents import MEDIA, Certificate, made, of, receipt_number

__all__ = ["MEDIA", "Certificate", "made", "of", "receipt_number"]
