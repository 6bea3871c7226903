"""A user: somebody who signs in, as staff of one company or for one customer."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from sekisho.office.models.company import Company
from sekisho.office.models.customer import Customer

OPERATOR, SUPERVISOR, AUDITOR = "operator", "supervisor", "auditor"
CUSTOMER_ADMIN, CUSTOMER_VIEWER, MAINTAINER = "customer_admin", "customer_viewer", "maintainer"
STAFF_ROLES = (OPERATOR, SUPERVISOR, AUDITOR)
CUSTOMER_ROLES = (CUSTOMER_ADMIN, CUSTOMER_VIEWER, MAINTAINER)
ROLES = (*STAFF_ROLES, *CUSTOMER_ROLES)
LANGUAGES = ("ja", "en")


class User(AbstractBaseUser):
    """Somebody who signs in with `login`. Staff have no customer, all others have one."""

    last_login = None
    login = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=[(role, role) for role in ROLES])
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="users")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="users")
    language = models.CharField(max_length=2, choices=[(language, language) for language in LANGUAGES], default="ja")
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager()

    USERNAME_FIELD = "login"

    class Meta:
        """Role and customer fit together."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=STAFF_ROLES, customer__isnull=True)
                | models.Q(role__in=CUSTOMER_ROLES, customer__isnull=False),
                name="user_role_fits_customer",
            ),
        )

    def __str__(self) -> str:
        return str(self.login)
