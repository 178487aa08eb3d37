require "fileinto"; fileinto "Row";
