"""The pages of the signed-in holder, as URLs."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
