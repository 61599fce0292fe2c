"""The error tree.

AccordError                    the tool cannot go on: bad input, bad set-up, something broken (exit code 2)
├── UsageError                 the caller asked for something that makes no sense
│   ├── AppImportError         an application named on the command line cannot be imported
│   └── IsolationError         a test did what its way of isolation cannot keep apart from other tests
├── DocumentError              a document cannot be read: encoding, syntax, nesting, size
│   └── ContractFormatError    a document is readable, but is not a valid pact
├── ProviderUnreachableError   nothing answers where the provider should be
├── AnswerError                a provider answers, but nothing that can be used: late, too large, against its protocol
└── ResourceError              a database or broker cannot be started or used
    └── ResourceMissingError   there are no binaries for it on this machine

A finding (a broken contract, a failed verification) is an AssertionError instead, so that test runners
show it as a failed test and not as an error: see PactFailed and VerificationFailed in accord.contract.
"""

from __future__ import annotations


class AccordError(Exception):
    """The tool cannot go on. The message says what happened, where, what was expected and what to do next."""

    exit_code = 2


class UsageError(AccordError):
    """The caller asked for something that makes no sense."""


class AppImportError(UsageError):
    """An application given as ``module:factory`` cannot be imported or is not callable."""


class IsolationError(UsageError):
    """A test did what its way of isolation cannot keep apart from other tests; the message names one that can."""


class DocumentError(AccordError):
    """A document cannot be read.

    Attributes:
        source: file name or URL of the document, or None when it came from memory.
    """

    def __init__(self, message: str, *, source: str | None = None) -> None:
        super().__init__(f"{source}: {message}" if source else message)
        self.source = source


class ContractFormatError(DocumentError):
    """A document is readable, but is not a valid pact.

    Attributes:
        message: what is wrong, without where.
        interaction: description of the interaction at fault, if one could be named.
        path: where in the document, as a path expression such as ``$.interactions[0].request``.
    """

    def __init__(
        self, message: str, *, source: str | None = None, interaction: str | None = None, path: str | None = None
    ) -> None:
        where = [part for part in (f"interaction {interaction!r}" if interaction else None, path) if part]
        super().__init__(f"{', '.join(where)}: {message}" if where else message, source=source)
        self.message = message
        self.interaction = interaction
        self.path = path

    def within(self, *, source: str | None = None, interaction: str | None = None) -> ContractFormatError:
        """The same error with more of where it is: what it knows already is kept."""
        return ContractFormatError(
            self.message,
            source=self.source or source,
            interaction=self.interaction or interaction,
            path=self.path,
        )


class ProviderUnreachableError(AccordError):
    """Nothing answers where the provider should be."""


class AnswerError(AccordError):
    """The provider gave no answer that can be used: none at all, none in time, too large, or against its protocol."""


class ResourceError(AccordError):
    """A database or broker cannot be started or used."""


class ResourceMissingError(ResourceError):
    """There are no binaries for a resource on this machine."""
